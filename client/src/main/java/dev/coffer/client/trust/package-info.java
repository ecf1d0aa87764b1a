/**
 * How a client comes to trust a fleet, and what it accepts of one (INV-9). Depends on {@code
 * protocol}, {@code transparency} and, for what is remembered, {@code port}. Start at {@link
 * dev.coffer.client.trust.FleetTrust}.
 */
package dev.coffer.client.trust;
