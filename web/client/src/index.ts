export { BackupSecret, RecoveryCode, UnacceptableCode } from "./secret/secrets.js";
