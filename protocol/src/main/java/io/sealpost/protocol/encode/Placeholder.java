package io.sealpost.protocol.encode;

final class Placeholder {
    private Placeholder() {}
}
