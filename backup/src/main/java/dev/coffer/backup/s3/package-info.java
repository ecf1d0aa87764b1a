/**
 * A store in an S3 bucket: a small client of our own for the four calls a repository makes, signed
 * with AWS Signature Version 4. Not for Android, which has no {@code java.net.http}: there,
 * implement {@link dev.coffer.backup.ObjectStore} with the platform's client. Start at {@link
 * dev.coffer.backup.s3.S3Store}.
 */
package dev.coffer.backup.s3;
