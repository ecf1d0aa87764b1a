package dev.coffer.client.kotlin

import dev.coffer.client.Authority
import dev.coffer.client.Enrolment
import dev.coffer.client.Forgetting
import dev.coffer.client.Presence
import dev.coffer.client.Recovery
import dev.coffer.client.Slot
import dev.coffer.client.VaultClient
import dev.coffer.client.VaultStatus
import dev.coffer.client.secret.BackupSecret
import dev.coffer.client.secret.RecoveryCode
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/**
 * The calls of a [VaultClient] for coroutines, with the same ends.
 *
 * A cancelled call interrupts the thread that works for it and returns once that has stopped, so
 * that codes and secrets may be overwritten then: at the latest when the one sending that is under
 * way has ended. What was begun stays in the client's memory, and the next call with the same code
 * goes on with the same guess.
 *
 * Calls wait for each other without holding a thread, and one that waits can be cancelled at once.
 * Thread-safe.
 *
 * @param client used through this object alone
 * @param dispatcher whose threads may block
 */
public class SuspendingVaultClient(
    private val client: VaultClient,
    private val dispatcher: CoroutineDispatcher = Dispatchers.IO,
) {
    private val turn = Mutex()

    /** As [VaultClient.enrol]. */
    public suspend fun enrol(
        slot: Slot,
        code: RecoveryCode,
        secret: BackupSecret,
        authority: Authority = Authority.none(),
    ): Enrolment = alone { client.enrol(slot, code, secret, authority) }

    /** As [VaultClient.recover]. A K that nobody is there to receive any more is destroyed. */
    public suspend fun recover(slot: Slot, code: RecoveryCode): Recovery =
        turn.withLock { blocking(dispatcher, ::destroy) { client.recover(slot, code) } }

    /** As [VaultClient.forget]. */
    public suspend fun forget(slot: Slot, authority: Authority): Forgetting =
        alone { client.forget(slot, authority) }

    /** As [VaultClient.registered]. */
    public suspend fun registered(slot: Slot): Presence = alone { client.registered(slot) }

    /** As [VaultClient.status]. */
    public suspend fun status(slot: Slot): VaultStatus = alone { client.status(slot) }

    private suspend fun <T : Any> alone(call: () -> T): T =
        turn.withLock { blocking(dispatcher, {}, call) }
}

/** Erases what a recovery has brought. */
internal fun destroy(end: Recovery) {
    if (end is Recovery.Recovered) {
        end.secret().destroy()
    }
}

/**
 * Blocks a thread of [dispatcher], which cancellation interrupts.
 *
 * @param unseen gets an end that came together with the cancellation: its coroutine never sees it
 */
internal suspend fun <T : Any> blocking(
    dispatcher: CoroutineDispatcher,
    unseen: (T) -> Unit,
    call: () -> T,
): T {
    var end: T? = null
    try {
        return runInterruptible(dispatcher) { call().also { end = it } }
    } catch (cancelled: CancellationException) {
        end?.let(unseen)
        throw cancelled
    }
}
