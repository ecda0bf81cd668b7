package io.sealpost.relay.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.sealpost.relay.tls.Refusal;
import io.sealpost.relay.tls.ServerTls;
import java.io.IOException;

/**
 * Between TLS and a connection, confined to its event loop: says who the peer is after the
 * handshake, and refuses it where that failed.
 */
final class TlsGate extends ChannelInboundHandlerAdapter {
    private final TcpListener listener;
    private final SslHandler tls;
    private final StreamConnection connection;
    private boolean refused;

    TlsGate(TcpListener listener, SslHandler tls, StreamConnection connection) {
        this.listener = listener;
        this.tls = tls;
        this.connection = connection;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case SslHandshakeCompletionEvent handshake when handshake.isSuccess() ->
                    connection.identified(ServerTls.certificateHash(tls.engine().getSession()));
            case SslHandshakeCompletionEvent handshake -> refuse(context, handshake.cause());
            case SslCloseCompletionEvent _ -> context.close();
            default -> context.fireUserEventTriggered(event);
        }
    }

    private void refuse(ChannelHandlerContext context, Throwable cause) {
        refused = true;
        Refusal refusal = Refusal.of(cause);
        listener.refused(connection.peer(), refusal.reason(), refusal.text());
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (refused) {
            context.close();
            return;
        }
        boolean unwrap =
                cause instanceof DecoderException && cause.getCause() instanceof IOException;
        context.fireExceptionCaught(unwrap ? cause.getCause() : cause);
    }
}
