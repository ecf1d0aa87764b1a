/**
 * One operation from kept request to verified outcome: the first five steps of PROTOCOL.md §6.3.
 * Not exported. Depends on {@code port}, {@code secret} and {@code trust}. Start at {@link
 * dev.coffer.client.exchange.RequestSender}.
 */
package dev.coffer.client.exchange;
