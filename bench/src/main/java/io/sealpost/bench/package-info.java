/** JMH benchmarks of the hot paths. */
package io.sealpost.bench;
