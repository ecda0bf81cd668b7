/** The conf file: strict reading into records, with every problem named. Knows no other room. */
@NullMarked
package io.sealpost.relay.config;

import org.jspecify.annotations.NullMarked;
