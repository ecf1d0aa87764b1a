/**
 * What Java does not tell about this machine's files: names in octets, full disks. Depends on
 * nothing above.
 */
package dev.coffer.backup.local;
