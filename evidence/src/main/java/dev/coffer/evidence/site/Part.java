package dev.coffer.evidence.site;

/** What an element is made of. */
sealed interface Part permits Markup, Markup.Attribute {}
