/**
 * What a fleet is: its settings, its members, its name. Start at {@link
 * dev.coffer.protocol.fleet.Fleet}.
 */
package dev.coffer.protocol.fleet;
