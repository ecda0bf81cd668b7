package io.sealpost.protocol.frame;

final class Placeholder {
    private Placeholder() {}
}
