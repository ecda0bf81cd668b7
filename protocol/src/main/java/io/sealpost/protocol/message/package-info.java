/** What a log message is: priorities, reasons and the scan of one message. */
package io.sealpost.protocol.message;
