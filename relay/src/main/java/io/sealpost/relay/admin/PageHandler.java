package io.sealpost.relay.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.sealpost.relay.admin.ServedFiles.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one connection, one after the other. Confined to the connection's event
 * loop; metrics are rendered and files sent on a virtual thread, and requests that arrive meanwhile
 * wait.
 */
final class PageHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(PageHandler.class);
    private static final String ALLOW = "GET, HEAD";

    /** Requests sent ahead of their answers; with more, or with answers unread, it is closed. */
    private static final int MAX_WAITING = 16;

    private static final String BEARER = "Bearer ";

    /** One of them; the token, if there is one, is the relay's secret. */
    private record Request(
            String path,
            HttpMethod method,
            boolean good,
            boolean keepAlive,
            Optional<String> token) {}

    private final Pages pages;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private boolean rendering;

    PageHandler(Pages pages) {
        this.pages = pages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        boolean good = request.decoderResult().isSuccess();
        waiting.add(
                new Request(
                        path(request.uri()),
                        request.method(),
                        good,
                        good && HttpUtil.isKeepAlive(request),
                        token(request)));
        if (waiting.size() > MAX_WAITING || !ctx.channel().isWritable()) {
            var _ = ctx.close();
        } else {
            answerNext(ctx);
        }
    }

    private static Optional<String> token(FullHttpRequest request) {
        return Optional.ofNullable(request.headers().get(HttpHeaderNames.AUTHORIZATION))
                .filter(value -> value.startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()));
    }

    private void answerNext(ChannelHandlerContext ctx) {
        while (!rendering && !waiting.isEmpty() && ctx.channel().isActive()) {
            Request request = waiting.remove();
            if (isFile(request)) {
                rendering = true;
                Thread.ofVirtual().name("integrity").start(() -> sendAside(ctx, request));
            } else if (isScrape(request)) {
                rendering = true;
                Thread.ofVirtual().name("scrape").start(() -> renderAside(ctx, request));
            } else {
                answer(ctx, request, page(request));
            }
        }
    }

    private static boolean isScrape(Request request) {
        return request.good() && allowed(request) && request.path().equals(Pages.METRICS);
    }

    private static boolean isFile(Request request) {
        return request.good() && allowed(request) && request.path().startsWith(Pages.INTEGRITY);
    }

    private static boolean allowed(Request request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    private Page page(Request request) {
        if (!request.good()) {
            return Page.text(HttpResponseStatus.BAD_REQUEST, "bad or too long request");
        }
        if (Pages.exists(request.path()) && !allowed(request)) {
            return Page.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and HEAD");
        }
        return pages.render(request.path());
    }

    private void sendAside(ChannelHandlerContext ctx, Request request) {
        Optional<Page> instead = Optional.empty();
        try {
            instead =
                    switch (pages.file(request.path(), request.token())) {
                        case Answer.Opened file -> {
                            send(ctx, request, file);
                            yield Optional.empty();
                        }
                        case Answer.Missing(String reason) ->
                                Optional.of(Page.text(HttpResponseStatus.NOT_FOUND, reason));
                        case Answer.Forbidden(String reason) ->
                                Optional.of(Page.text(HttpResponseStatus.UNAUTHORIZED, reason));
                        case Answer.Busy(String reason) ->
                                Optional.of(
                                        Page.text(HttpResponseStatus.SERVICE_UNAVAILABLE, reason));
                    };
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} could not be sent", request.path(), e);
            var _ = ctx.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var _ = ctx.close();
        }
        done(ctx, request, instead);
    }

    private static void send(ChannelHandlerContext ctx, Request request, Answer.Opened file)
            throws IOException, InterruptedException {
        try (InputStream _ = file.in()) {
            boolean head = request.method().equals(HttpMethod.HEAD);
            FileAnswer.send(ctx, file, head, request.keepAlive());
        }
        if (!request.keepAlive()) {
            var _ = ctx.close();
        }
    }

    private void done(ChannelHandlerContext ctx, Request request, Optional<Page> page) {
        ctx.executor()
                .execute(
                        () -> {
                            rendering = false;
                            page.ifPresent(p -> answer(ctx, request, p));
                            answerNext(ctx);
                        });
    }

    private void renderAside(ChannelHandlerContext ctx, Request request) {
        done(ctx, request, Optional.of(scrape()));
    }

    private Page scrape() {
        try {
            return pages.render(Pages.METRICS);
        } catch (RuntimeException e) {
            LOG.warn("metrics could not be read; this scrape is answered with an error", e);
            return Page.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "metrics could not be read");
        }
    }

    private static void answer(ChannelHandlerContext ctx, Request request, Page page) {
        byte[] text = page.body().getBytes(UTF_8);
        boolean head = request.method().equals(HttpMethod.HEAD);
        ByteBuf body = head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(text);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, page.status(), body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, text.length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        if (page.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, ALLOW);
        }
        if (page.status().equals(HttpResponseStatus.UNAUTHORIZED)) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, BEARER.strip());
        }
        HttpUtil.setKeepAlive(response, request.keepAlive());
        ChannelFuture written = ctx.writeAndFlush(response);
        if (!request.keepAlive()) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            var _ = ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("connection of {} closed", ctx.channel().remoteAddress(), cause);
        var _ = ctx.close();
    }
}
