/**
 * What the core asks of the machine it runs in: non-volatile memory, sealed storage, randomness, a
 * measurement. Two ports and nothing behind them. Start at {@link
 * dev.coffer.hsm.platform.Platform}.
 */
package dev.coffer.hsm.platform;
