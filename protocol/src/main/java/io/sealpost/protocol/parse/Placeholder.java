package io.sealpost.protocol.parse;

final class Placeholder {
    private Placeholder() {}
}
