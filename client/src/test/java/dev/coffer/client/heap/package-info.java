/** What is left in a client's memory after use. Start at {@code HeapDumpTest}. */
package dev.coffer.client.heap;
