/**
 * Files as every process of Coffer needs them: replaced all or nothing, locked, read as settings.
 */
module dev.coffer.files {
  exports dev.coffer.files;
}
