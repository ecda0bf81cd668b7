package io.sealpost.relay;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP. The JDK has no public class for signals; the one that every JDK has is used by
 * reflection, since the compiler warns of it wherever it is named.
 */
final class Hangup {
    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

    private Hangup() {}

    /** Runs this on a thread of its own each time the signal comes. */
    static void handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) -> answer(self, method, arguments, action));
            Object before =
                    signal.getMethod("handle", signal, handler)
                            .invoke(
                                    null,
                                    signal.getConstructor(String.class).newInstance("HUP"),
                                    proxy);
            if (handler.getField("SIG_IGN").get(null).equals(before)) {
                // the JVM leaves it so
                LOG.warn(
                        "SIGHUP is ignored, as under nohup; for a reload use the command reload,"
                                + " or start with setsid");
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
            LOG.warn("SIGHUP cannot be handled: {}", String.valueOf(cause));
        }
    }

    @SuppressWarnings("ReferenceEquality") // what equals of Object does
    private static Object answer(Object self, Method method, Object[] arguments, Runnable action) {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == arguments[0];
            case "toString" -> "SIGHUP";
            default -> Thread.startVirtualThread(action);
        };
    }
}
