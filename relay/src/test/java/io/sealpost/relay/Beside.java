package io.sealpost.relay;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Tests that mostly wait, or models in memory: they run beside each other, in a JVM of their own.
 * They share nothing, and none of them looks at what the whole JVM does.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("beside")
@Execution(ExecutionMode.CONCURRENT)
public @interface Beside {}
