/**
 * A fleet in one object, for the client's tests: it keeps the protocol as PROTOCOL.md tells it and
 * breaks it where a test says so. Start at {@link dev.coffer.client.fleet.MiniFleet}.
 */
package dev.coffer.client.fleet;
