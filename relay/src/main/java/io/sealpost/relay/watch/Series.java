package io.sealpost.relay.watch;

import java.util.List;

/** Names one series: a metric and the values of its labels, in the metric's order. */
record Series(MetricName metric, List<String> values) {
    Series {
        values = List.copyOf(values);
        if (values.size() != metric.labels().size()) {
            throw new IllegalArgumentException(
                    metric.label() + " has the labels " + metric.labels() + ", not " + values);
        }
    }
}
