package io.sealpost.relay.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.EOFException;
import java.io.IOException;

/**
 * Sends a file, a piece at a time: the next is read when the one before has left. For a virtual
 * thread, never an event loop.
 */
final class FileAnswer {
    private static final int PIECE_OCTETS = 64 * 1024;

    private FileAnswer() {}

    static void send(
            ChannelHandlerContext ctx,
            ServedFiles.Answer.Opened file,
            boolean head,
            boolean keepAlive)
            throws IOException, InterruptedException {
        HttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, file.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, file.octets())
                .set(HttpHeaderNames.CACHE_CONTROL, file.keeping().header());
        HttpUtil.setKeepAlive(response, keepAlive);
        ctx.writeAndFlush(response).sync();
        long left = head ? 0 : file.octets();
        while (left > 0) {
            byte[] piece = file.in().readNBytes((int) Math.min(PIECE_OCTETS, left));
            if (piece.length == 0) {
                throw new EOFException("the file became shorter");
            }
            left -= piece.length;
            ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(piece))).sync();
        }
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).sync();
    }
}
