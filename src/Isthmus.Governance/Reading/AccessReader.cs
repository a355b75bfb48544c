using System.Diagnostics.CodeAnalysis;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Schema;
using Isthmus.Governance.Yaml;
using Isthmus.Trust.Access;

namespace Isthmus.Governance.Reading;

/// <summary><c>policies/access.yaml</c>: which named actions exist, which scopes reach them, and which class of application may do them.</summary>
internal static class AccessReader
{
    private const string PermissionShape = "a scope without its level, such as Observation.rs, or an operation such as hl7v2:send";

    public static AccessTerms Read(Section root)
    {
        Words.OneOf(root, "default", "must be stated, and is deny: what no action names is not permitted", "deny");
        var actions = root.Named("actions", "says what may be done, in clinical words");
        var read = actions.Select(a => Action(a.Name, a.Section)).ToList();
        CheckOneActionEach(read, actions.Select(a => a.Section).ToList());
        var classes = root.Named("classes", "says which kind of application may do what");
        return new AccessTerms(
            Words.Name(root, "policy", "names the policy on every decision"),
            Words.Version(root, "version", "stands on every decision"),
            read,
            [.. classes.Select(c => Class(root, c.Name, c.Section, read)).OfType<AppClassTerms>()]);
    }

    private static ActionTerms Action(string name, Section action)
    {
        if (!Words.TryName(name, out _))
        {
            action.Fault("says", SiteRules.Value, $"`{name}` is not {Words.NameShape}.");
        }

        var terms = new ActionTerms(
            name,
            Words.Sentence(action, "says", "tells people what is done"),
            action.Values<string>("permits", null, TryPermission, PermissionShape),
            action.Values<string>("operations", null, TryOperation, "a FHIR operation such as $export"),
            action.Values<string>("needs", null, TryPermission, PermissionShape));
        if (terms.Permits.Count == 0 && terms.Operations.Count == 0 && !action.Has("permits") && !action.Has("operations"))
        {
            action.Fault("says", SiteRules.ActionEmpty, $"Action `{name}` is reached by nothing: it needs `permits` or `operations`.");
        }

        if (terms.Permits.Any(p => p.StartsWith('*')))
        {
            action.Fault("permits", SiteRules.ActionWide, "`permits` names types one by one: what is done with all of them has no clinical name.");
        }

        if (terms.Operations.Count > 0 != terms.Needs.Count > 0)
        {
            action.Fault("needs", SiteRules.OperationNeeds, "`operations` and `needs` stand together: an operation that needs no scope would be open to all.");
        }

        return terms;
    }

    /// <summary>A request is one action, or nobody could say what was permitted.</summary>
    private static void CheckOneActionEach(List<ActionTerms> actions, List<Section> sections)
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < actions.Count; i++)
        {
            foreach (var (key, reached) in Reached(actions[i]))
            {
                if (!taken.TryAdd(reached, actions[i].Name))
                {
                    sections[i].Fault(key, SiteRules.ActionAmbiguous, $"`{reached}` is reached by `{taken[reached]}` already; one request is one action.");
                }
            }
        }
    }

    private static IEnumerable<(string Key, string Reached)> Reached(ActionTerms action) =>
        action.Permits.Select(Permission.Read).SelectMany(p => p.Word is { } word
            ? [("permits", word)]
            : p.Singles.Select(single => ("permits", $"{p.Type}.{InteractionLetters.Write(single)}")))
        .Concat(action.Operations.Select(o => ("operations", o)));

    private static AppClassTerms? Class(Section root, string name, Section section, List<ActionTerms> actions)
    {
        var levels = section.Values<ScopeLevel>("levels", "says on whose behalf they act", Choices<ScopeLevel>.TryParse, Choices<ScopeLevel>.Names);
        var may = section.Texts("actions", "says what they may do");
        foreach (var unknown in may.Where(m => actions.TrueForAll(a => a.Name != m)))
        {
            section.Fault("actions", SiteRules.ActionUnknown, $"`{unknown}` is not under `actions`.{Nearest.Hint(unknown, actions.Select(a => a.Name))}");
        }

        if (Choices<AppClass>.TryParse(name, out var appClass))
        {
            return new AppClassTerms(appClass, [.. levels.Select(l => l.ToString().ToLowerInvariant())], may);
        }

        root.Fault("classes", SiteRules.Value, $"`{name}` in `classes` is not {Choices<AppClass>.Names}.");
        return null;
    }

    private static bool TryPermission(string text, [MaybeNullWhen(false)] out string value)
    {
        value = text;
        return Permission.TryRead(text, out var permission)
            && (permission.Word is not null || permission.Type == Scope.AnyResource || FhirSchema.R4.Type(permission.Type) is { IsResource: true });
    }

    private static bool TryOperation(string text, [MaybeNullWhen(false)] out string value)
    {
        value = text;
        return text.Length is > 1 and <= 64 && text[0] == '$' && text.AsSpan(1).IndexOfAnyExcept(OperationLetters) < 0;
    }

    private static readonly System.Buffers.SearchValues<char> OperationLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
}
