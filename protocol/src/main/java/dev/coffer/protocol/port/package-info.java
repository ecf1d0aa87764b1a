/** The calls between a host and its HSM. Start at {@link dev.coffer.protocol.port.HsmPort}. */
package dev.coffer.protocol.port;
