import type { ClientMemory } from "../../src/client/ports.js";
import { VaultClient, type VaultClientOptions } from "../../src/client/vault-client.js";
import { sha256 } from "../../src/crypto/hash.js";
import {
  type BackupSecret,
  deviceLogin,
  MapMemory,
  POLICY_DEVELOPMENT,
  pinnedFleet,
  RecoveryCode,
} from "../../src/index.js";
import type { MiniFleet } from "./mini-fleet.js";

export const TOKEN = { issuerKey: new Uint8Array(32), rootSignature: new Uint8Array(64), jwt: "a.b.c" };
export const RIGHT = "violet kettle 84";

/** A device: a login, a memory, and how often it stretched. */
export class Device {
  stretched = 0;
  memory: ClientMemory = new MapMemory();

  constructor(
    readonly fleet: MiniFleet,
    readonly more: Partial<VaultClientOptions> = {},
  ) {}

  get client(): VaultClient {
    return new VaultClient({
      trust: pinnedFleet(this.fleet.fleet.id),
      transport: this.fleet.transport(),
      login: deviceLogin("app", "alice", new Uint8Array(32).fill(7), async () => TOKEN),
      memory: this.memory,
      policy: POLICY_DEVELOPMENT,
      pause: async () => undefined,
      stretching: async (output, salt) => {
        this.stretched++;
        const half = sha256(output, salt);
        return new Uint8Array([...half, ...sha256(half)]);
      },
      ...this.more,
    });
  }

  recover(typed = RIGHT, options = {}) {
    return this.client.recover(RecoveryCode.typed(typed), options);
  }

  enrol(secret: BackupSecret, typed = RIGHT) {
    return this.client.enrol(RecoveryCode.chosen(typed), secret);
  }
}
