using System.Collections.Frozen;

namespace Isthmus.Trust.Access.Switches;

/// <summary>Everything that is off, as one node holds it in memory; made anew whenever the epoch moves.</summary>
public sealed class SwitchBoard
{
    private readonly FrozenSet<(short Tenant, SwitchKind Kind, string Target)> off;
    private readonly (short Tenant, Scope Scope)[] scopes;

    private SwitchBoard(IReadOnlyCollection<Switch> switches)
    {
        off = switches.Select(s => (s.Tenant, s.Kind, s.Target)).ToFrozenSet();
        scopes = [.. switches.Where(s => s.Kind == SwitchKind.Scope).SelectMany(s => Parsed(s.Target).Select(scope => (s.Tenant, scope)))];
    }

    public static SwitchBoard AllOn { get; } = new([]);

    public static SwitchBoard Of(IReadOnlyCollection<Switch> switches) => switches.Count == 0 ? AllOn : new SwitchBoard(switches);

    public bool IsOff(short tenant, SwitchKind kind, string target) => off.Count > 0 && off.Contains((tenant, kind, target));

    /// <summary>Whether a request does something of what a scope that is off grants.</summary>
    public bool IsOff(short tenant, ScopeLevel level, AccessNeed need)
    {
        if (need.Word is { } word && IsOff(tenant, SwitchKind.Scope, word))
        {
            return true;
        }

        foreach (var (of, scope) in scopes)
        {
            if (of == tenant && scope.Level == level && (need.Operation is not null || need.Touches.Any(t => Touches(scope, t))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An operation answers with anything, so it stops with any scope; a granular scope stops all of its type, for who can tell what an answer will hold.</summary>
    private static bool Touches(Scope scope, (string Type, Interactions Interaction) touch) =>
        scope.Interactions.HasFlag(touch.Interaction) && (scope.Resource == Scope.AnyResource || scope.Resource == touch.Type);

    /// <summary>None of a scope that is a word: it is compared as it stands.</summary>
    private static IEnumerable<Scope> Parsed(string text) => Scope.TryParse(text, out var scope) ? [scope] : [];
}
