using Isthmus.Exchange;

namespace Isthmus.Mediation.Translate;

internal static class TranslationRules
{
    public static readonly Finding NothingProduced = new(
        "translate.nothing-produced", Severity.Error, "MSH",
        "The map made nothing of this message. Look at the map named in the contract, then replay the message.");

    public static Finding TypeNotKept(string type) => new(
        "translate.type-not-kept", Severity.Warning, type,
        "Resources of this type are not kept; it was left out.");
}
