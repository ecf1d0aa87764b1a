/**
 * Garbage for everything that reads what others wrote. A {@link
 * dev.coffer.verification.fuzz.Target} is one reader with its oracle; {@link
 * dev.coffer.verification.fuzz.FuzzTest} gives each some thousands of damaged inputs in every
 * build; {@link dev.coffer.verification.fuzz.FuzzProgram} lets Jazzer search for as long as one
 * likes. May use every module. Start at {@link dev.coffer.verification.fuzz.Targets}.
 */
package dev.coffer.verification.fuzz;
