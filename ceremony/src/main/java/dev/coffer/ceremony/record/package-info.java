/**
 * What a ceremony leaves behind, all of it public: a message of each site for each step, a
 * hash-chained transcript of each site, the one transcript that people sign, their signatures, the
 * fleet. Start at {@link dev.coffer.ceremony.record.Verification}.
 */
package dev.coffer.ceremony.record;
