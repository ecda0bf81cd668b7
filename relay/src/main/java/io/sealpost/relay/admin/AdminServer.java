package io.sealpost.relay.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The relay's small HTTP server: {@code /metrics}, {@code /healthz}, {@code /readyz}. Thread-safe.
 */
public final class AdminServer implements AutoCloseable {
    private static final int CHUNK_BYTES = 8 * 1024;

    private final Channel listening;
    private final ChannelGroup connections;

    private AdminServer(Channel listening, ChannelGroup connections) {
        this.listening = listening;
        this.connections = connections;
    }

    /**
     * Opens the port. The group stays the caller's.
     *
     * @throws IOException if the port cannot be had; the message is for the operator
     */
    public static AdminServer open(
            AdminSettings settings,
            EventLoopGroup group,
            Class<? extends ServerChannel> channel,
            AdminContent content)
            throws IOException {
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(channel)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childHandler(new Door(settings, connections, new Pages(content)))
                        .bind(settings.bind())
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String reason = String.valueOf(bound.cause().getMessage());
            throw new IOException("admin: cannot listen on " + settings.bind() + ": " + reason);
        }
        return new AdminServer(bound.channel(), connections);
    }

    /** Where it listens; the port is the real one. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** Closes the port and all connections. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
    }

    /** Lets a connection in, or closes it when there are too many. */
    @Sharable
    private static final class Door extends ChannelInitializer<Channel> {
        private final AdminSettings settings;
        private final ChannelGroup connections;
        private final Pages pages;

        Door(AdminSettings settings, ChannelGroup connections, Pages pages) {
            this.settings = settings;
            this.connections = connections;
            this.pages = pages;
        }

        @Override
        protected void initChannel(Channel channel) {
            connections.add(channel);
            if (connections.size() > settings.maxConnections()) {
                var _ = channel.close();
                return;
            }
            int maxBytes = settings.maxRequestBytes();
            channel.pipeline()
                    .addLast(
                            new IdleStateHandler(
                                    0, 0, settings.idleTimeout().toMillis(), TimeUnit.MILLISECONDS),
                            new HttpServerCodec(maxBytes, maxBytes, CHUNK_BYTES),
                            new HttpObjectAggregator(maxBytes, true),
                            new PageHandler(pages));
        }
    }
}
