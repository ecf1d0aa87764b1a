/**
 * A store on a server that people reach with {@code ssh}: SFTP by JSch, which phones that want it
 * add themselves ({@code com.github.mwiede:jsch}). Start at {@link
 * dev.coffer.backup.sftp.SftpStore}.
 */
package dev.coffer.backup.sftp;
