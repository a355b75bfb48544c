using System.Collections.Frozen;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Trust.Access;

/// <summary>
/// The access policy of a site, compiled: a request is permitted when the policy names what it does, the application's class may do
/// that, and the token's scopes cover it. Anything else is denied.
/// </summary>
public sealed class AccessPolicy
{
    private readonly FrozenDictionary<(string Type, Interactions Interaction), ClinicalAction> byInteraction;
    private readonly FrozenDictionary<string, ClinicalAction> byWord;
    private readonly FrozenDictionary<string, (ClinicalAction Action, IReadOnlyList<Permission> Needs)> byOperation;
    private readonly FrozenDictionary<AppClass, (FrozenSet<ScopeLevel> Levels, FrozenSet<string> Actions)> classes;

    private AccessPolicy(AccessTerms terms)
    {
        Id = terms.Id;
        var interactions = new Dictionary<(string, Interactions), ClinicalAction>();
        var words = new Dictionary<string, ClinicalAction>(StringComparer.Ordinal);
        var operations = new Dictionary<string, (ClinicalAction, IReadOnlyList<Permission>)>(StringComparer.Ordinal);
        foreach (var written in terms.Actions)
        {
            var action = new ClinicalAction(written.Name, written.Says);
            foreach (var permission in written.Permits.Select(Permission.Read))
            {
                if (permission.Word is { } word)
                {
                    words.Add(word, action);
                }

                foreach (var single in permission.Singles)
                {
                    interactions.Add((permission.Type, single), action);
                }
            }

            foreach (var operation in written.Operations)
            {
                operations.Add(operation, (action, [.. written.Needs.Select(Permission.Read)]));
            }
        }

        byInteraction = interactions.ToFrozenDictionary();
        byWord = words.ToFrozenDictionary(StringComparer.Ordinal);
        byOperation = operations.ToFrozenDictionary(StringComparer.Ordinal);
        classes = terms.Classes.ToFrozenDictionary(
            c => c.Class,
            c => (c.Levels.Select(l => Enum.Parse<ScopeLevel>(l, ignoreCase: true)).ToFrozenSet(), c.Actions.ToFrozenSet(StringComparer.Ordinal)));
    }

    /// <summary>As decisions record it: <c>demo-access@1.0.0</c>.</summary>
    public string Id { get; }

    /// <param name="terms">Checked when the site was loaded: each permission readable and reaching one action.</param>
    public static AccessPolicy Compile(AccessTerms terms) => new(terms);

    public ClinicalAction? ActionOf(string type, Interactions interaction) => byInteraction.GetValueOrDefault((type, interaction));

    /// <summary>Every action that a scope reaches.</summary>
    public IReadOnlyCollection<ClinicalAction> ActionsOf(Scope scope) =>
        [.. byInteraction.Where(entry => Reaches(scope, entry.Key)).Select(entry => entry.Value).Distinct()];

    /// <summary>Why applications of a class can never hold these scopes; null when they can. Judged when a client registers and asks.</summary>
    public Refusal? RefuseBeyond(AppClass appClass, ScopeSet scopes)
    {
        if (!classes.TryGetValue(appClass, out var may))
        {
            return ScopeRules.BeyondClass;
        }

        var good = scopes.Scopes.All(scope => may.Levels.Contains(scope.Level) && IsWithin(scope, may.Actions))
            && scopes.Words.All(word => ScopeSet.IsOperation(word)
                ? byWord.TryGetValue(word, out var action) && may.Actions.Contains(action.Name)
                // What is left are words about a person who signed in.
                : may.Levels.Contains(ScopeLevel.User) || may.Levels.Contains(ScopeLevel.Patient));
        return good ? null : ScopeRules.BeyondClass;
    }

    /// <summary>Decides a request of an application. Errs to denial: what is unknown to the policy is not permitted to anybody.</summary>
    /// <param name="level">On whose behalf it comes: a machine's own, a person's, one patient's.</param>
    public AccessDecision Decide(AppClass appClass, ScopeLevel level, ScopeSet scopes, AccessNeed need)
    {
        if (!classes.TryGetValue(appClass, out var may) || !may.Levels.Contains(level))
        {
            return AccessDecision.Refused(ScopeRules.BeyondClass);
        }

        var actions = new List<ClinicalAction>(1);
        Dictionary<string, IReadOnlyList<SearchRestriction>>? restricted = null;
        var refusal = need.Word is { } word ? DecideWord(word, scopes, actions)
            : need.Operation is { } operation ? DecideOperation(operation, level, scopes, actions)
            : DecideTouches(need.Touches, level, scopes, actions, ref restricted);
        refusal ??= actions.TrueForAll(a => may.Actions.Contains(a.Name)) ? null : ScopeRules.BeyondClass;
        return refusal is null
            ? new AccessDecision(actions, restricted ?? NoRestrictions, null)
            : AccessDecision.Refused(refusal);
    }

    private static readonly Dictionary<string, IReadOnlyList<SearchRestriction>> NoRestrictions = [];

    private Refusal? DecideWord(string word, ScopeSet scopes, List<ClinicalAction> actions)
    {
        if (!byWord.TryGetValue(word, out var action))
        {
            return ScopeRules.NoAction;
        }

        actions.Add(action);
        return scopes.Words.Contains(word) ? null : ScopeRules.Insufficient;
    }

    private Refusal? DecideOperation(string operation, ScopeLevel level, ScopeSet scopes, List<ClinicalAction> actions)
    {
        if (!byOperation.TryGetValue(operation, out var found))
        {
            return ScopeRules.NoAction;
        }

        actions.Add(found.Action);
        // An operation answers with more than it was asked about, so a scope restricted to a search does not reach it.
        return found.Needs.All(n => n.Word is { } word
            ? scopes.Words.Contains(word)
            : n.Singles.All(i => scopes.Grants(level, n.Type, i).Any(r => r.IsNone))) ? null : ScopeRules.Insufficient;
    }

    private Refusal? DecideTouches(
        IReadOnlyList<(string Type, Interactions Interaction)> touches, ScopeLevel level, ScopeSet scopes,
        List<ClinicalAction> actions, ref Dictionary<string, IReadOnlyList<SearchRestriction>>? restricted)
    {
        foreach (var touch in touches)
        {
            var grants = scopes.Grants(level, touch.Type, touch.Interaction);
            if (grants.Count == 0)
            {
                return ScopeRules.Insufficient;
            }

            if (!byInteraction.TryGetValue(touch, out var action))
            {
                return ScopeRules.NoAction;
            }

            if (!actions.Contains(action))
            {
                actions.Add(action);
            }

            if (!grants.Any(g => g.IsNone))
            {
                (restricted ??= new(StringComparer.Ordinal))[touch.Type] = grants;
            }
        }

        return null;
    }

    private bool IsWithin(Scope scope, FrozenSet<string> actions) =>
        InteractionLetters.Each.Where(i => scope.Interactions.HasFlag(i)).All(interaction =>
        {
            var named = byInteraction.Where(entry => entry.Key.Interaction == interaction && Reaches(scope, entry.Key)).ToList();
            return named.Count > 0 && named.TrueForAll(entry => actions.Contains(entry.Value.Name));
        });

    private static bool Reaches(Scope scope, (string Type, Interactions Interaction) touch) =>
        scope.Interactions.HasFlag(touch.Interaction) && (scope.Resource == touch.Type || scope.Resource == Scope.AnyResource);
}
