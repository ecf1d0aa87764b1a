package dev.coffer.client.kotlin

import dev.coffer.client.Authority
import dev.coffer.client.Enrolment
import dev.coffer.client.Forgetting
import dev.coffer.client.Presence
import dev.coffer.client.Recovery
import dev.coffer.client.Slot
import dev.coffer.client.VaultClient
import dev.coffer.client.VaultStatus
import dev.coffer.client.fleet.Device
import dev.coffer.client.fleet.MiniFleet
import dev.coffer.client.fleet.MiniTransport.Fate
import dev.coffer.client.port.Pause
import dev.coffer.client.trust.FleetPin
import dev.coffer.protocol.codec.Invariant
import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The client for coroutines, on the client's small fleet. */
class SuspendingVaultClientTest {
    private val fleet = MiniFleet(3, 2, Device.seeded(1))
    private val phone = Device(fleet, Device.seeded(2))
    private val code = Device.code("123456")
    private val secret = Device.secret(1)

    /** Set by a call that waits between two sendings, which it does until it is interrupted. */
    private val waits = CompletableDeferred<Unit>()
    private val interrupted = CompletableDeferred<Unit>()
    private val pause = Pause {
        waits.complete(Unit)
        try {
            CountDownLatch(1).await()
        } catch (e: InterruptedException) {
            interrupted.complete(Unit)
            throw e
        }
    }

    private fun client(device: Device) = SuspendingVaultClient(device.start())

    private fun patient(device: Device) =
        SuspendingVaultClient(
            VaultClient(
                FleetPin(fleet.fleet().id(), Device.POLICY),
                device.transport,
                device.login(),
                device.memory,
                device.randomness,
                pause,
            ),
        )

    private suspend fun enrol() {
        val end = client(phone).enrol(Slot.CODE, code, secret)
        assertInstanceOf(Enrolment.Enrolled::class.java, end)
    }

    @Test
    fun everyCallEndsAsTheBlockingOneDoes() =
        runBlocking<Unit> {
            enrol()
            val other = client(Device(fleet, Device.seeded(3)))
            val recovered = other.recover(Slot.CODE, code)
            assertTrue((recovered as Recovery.Recovered).secret().sameAs(secret))
            assertEquals(
                Recovery.WrongCode(9, 1, false),
                other.recover(Slot.CODE, Device.code("654321")),
            )
            assertInstanceOf(Presence.Registered::class.java, other.registered(Slot.CODE))
            assertInstanceOf(VaultStatus.Known::class.java, other.status(Slot.CODE))
            val forgotten = other.forget(Slot.CODE, Authority.owner(secret))
            assertInstanceOf(Forgetting.Forgotten::class.java, forgotten)
        }

    @Test
    fun cancellingInterruptsAndTheNextCallGoesOnWithTheSameGuess() =
        runBlocking<Unit> {
            enrol()
            val device = Device(fleet, Device.seeded(3))
            device.transport.fate = Fate.LOST_AFTER
            val call = launch { patient(device).recover(Slot.CODE, code) }
            waits.await()
            call.cancelAndJoin()
            assertTrue(interrupted.isCompleted)
            assertTrue(device.memory.unfinished())
            device.transport.fate = Fate.DELIVERED
            val end = client(device).recover(Slot.CODE, code)
            assertEquals(0, (end as Recovery.Recovered).otherAttempts())
            assertEquals(1, fleet.attemptNumber())
        }

    @Test
    fun whoWaitsForAnotherCallIsLetGoAtOnce() =
        runBlocking<Unit> {
            enrol()
            val device = Device(fleet, Device.seeded(3))
            device.transport.fate = Fate.LATER
            val vault = patient(device)
            val first = async { vault.recover(Slot.CODE, code) }
            waits.await()
            val second =
                launch(start = CoroutineStart.UNDISPATCHED) { vault.status(Slot.CODE) }
            second.cancelAndJoin()
            assertTrue(first.isActive)
            first.cancelAndJoin()
        }

    @Test
    fun aKeyThatNobodyReceivesIsDestroyed() =
        runBlocking<Unit> {
            lateinit var call: Job
            val end = Recovery.Recovered(secret, 1, 1, listOf(), 0, listOf(), 10, 10)
            call =
                launch(start = CoroutineStart.LAZY) {
                    blocking(Dispatchers.IO, ::destroy) {
                        call.cancel()
                        end
                    }
                }
            call.start()
            call.join()
            assertTrue(call.isCancelled)
            assertThrows(Invariant.Broken::class.java) { secret.copy() }
        }
}
