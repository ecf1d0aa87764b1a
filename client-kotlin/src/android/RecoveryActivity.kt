package app

import android.app.Activity
import android.os.Bundle
import android.text.InputType
import android.text.TextUtils
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import dev.coffer.client.Recovery
import dev.coffer.client.Slot
import dev.coffer.client.VaultClient
import dev.coffer.client.https.HttpsTransport
import dev.coffer.client.kotlin.SuspendingVaultClient
import dev.coffer.client.port.DeviceLogin
import dev.coffer.client.port.FileMemory
import dev.coffer.client.port.Pause
import dev.coffer.client.secret.BackupSecret
import dev.coffer.client.secret.RecoveryCode
import dev.coffer.client.secret.UnacceptableCode
import dev.coffer.client.trust.ClientPolicy
import dev.coffer.client.trust.OverTheAir
import dev.coffer.protocol.codec.Bytes
import dev.coffer.protocol.crypto.Randomness
import dev.coffer.transparency.trust.TrustPolicy
import java.net.URI
import java.util.Optional
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * The screen on which a user types the code and gets K back. Leaving it cancels the call; the next
 * one with the same code goes on with the same guess.
 */
abstract class RecoveryActivity : Activity() {
    /** Where the vault is, from the app's own settings. */
    protected abstract val nodes: List<URI>

    /** What the app's server signs for this device. */
    protected abstract fun login(): DeviceLogin

    /** Opens the app's backups. The K is erased afterwards. */
    protected abstract fun restore(secret: BackupSecret)

    private val screen = CoroutineScope(SupervisorJob() + Dispatchers.Main)
    private lateinit var vault: SuspendingVaultClient

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        vault = open()
        val said = TextView(this)
        val code = EditText(this)
        code.inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_PASSWORD
        val go = Button(this)
        go.text = "Get my key back"
        go.setOnClickListener {
            go.isEnabled = false
            val typed = CharArray(code.length())
            TextUtils.getChars(code.text, 0, typed.size, typed, 0)
            code.text.clear()
            screen.launch {
                try {
                    said.text = recover(typed)
                } finally {
                    typed.fill('\u0000')
                    go.isEnabled = true
                }
            }
        }
        val column = LinearLayout(this)
        column.orientation = LinearLayout.VERTICAL
        listOf(said, code, go).forEach(column::addView)
        setContentView(column)
    }

    override fun onDestroy() {
        screen.cancel()
        super.onDestroy()
    }

    /** The sentence for the user. */
    private suspend fun recover(typed: CharArray): String =
        try {
            RecoveryCode.typed(typed).use { code ->
                val end = vault.recover(Slot.CODE, code)
                if (end is Recovery.Recovered) {
                    end.secret().use(::restore)
                }
                end.whatToDoNext()
            }
        } catch (e: UnacceptableCode) {
            e.problem().whatToDoNext()
        }

    private fun open(): SuspendingVaultClient {
        val note = assets.open("trust-policy.note").use { it.readBytes() }
        val memory = FileMemory(noBackupFilesDir.toPath().resolve("vault"))
        val trust = TrustPolicy.openFirst(Bytes.wrap(note))
        val fleets =
            OverTheAir(trust, ClientPolicy.DEFAULT, memory) { System.currentTimeMillis() / 1000 }
        val way = HttpsTransport.to(nodes, Optional.empty())
        return SuspendingVaultClient(
            VaultClient(fleets, way, login(), memory, Randomness.system(), Pause.blocking()),
        )
    }
}
