/**
 * Other languages against a running fleet: whoever follows the RFCs and PROTOCOL.md computes what
 * the Java client computes.
 */
package dev.coffer.verification.language;
