/**
 * A whole fleet on one seed: the real HSM code on memories that fail and are rolled back, hosts
 * that crash, lie and lose disks, an order that does worse than Ratis, a network that delays,
 * loses, repeats and cuts one way, honest users and thieves. Everything runs on one thread in
 * simulated time, so that a seed replays exactly; the promises are checked at every call to an HSM.
 * Depends on the test harnesses of {@code hsm} and {@code node}. Start at {@link
 * dev.coffer.analysis.world.World}.
 */
package dev.coffer.analysis.world;
