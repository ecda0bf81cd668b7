package io.sealpost.relay.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows its certificate whatever authorities the server names. */
final class OneKey extends X509ExtendedKeyManager {
    private final X509ExtendedKeyManager keys;
    private final String alias;

    OneKey(KeyManagerFactory factory, String alias) {
        this.keys = (X509ExtendedKeyManager) factory.getKeyManagers()[0];
        this.alias =
                Stream.of("RSA", "EC")
                        .map(type -> keys.getClientAliases(type, null))
                        .filter(Objects::nonNull)
                        .map(aliases -> aliases[0])
                        .findFirst()
                        .orElse(alias);
    }

    @Override
    public String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias;
    }

    @Override
    public X509Certificate[] getCertificateChain(String name) {
        return keys.getCertificateChain(name);
    }

    @Override
    public PrivateKey getPrivateKey(String name) {
        return keys.getPrivateKey(name);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {alias};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[0];
    }

    @Override
    public String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias;
    }
}
