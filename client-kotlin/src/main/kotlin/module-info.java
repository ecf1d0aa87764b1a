/**
 * The client for coroutines. Release 17, nothing that Android lacks. Start at {@code
 * SuspendingVaultClient}.
 */
module dev.coffer.client.kotlin {
  requires transitive dev.coffer.client;
  requires transitive kotlin.stdlib;
  requires transitive kotlinx.coroutines.core;

  exports dev.coffer.client.kotlin;
}
