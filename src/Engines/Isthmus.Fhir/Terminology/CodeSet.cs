using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

/// <summary>A code with its system.</summary>
internal readonly record struct CodeKey(string System, string Code);

/// <summary>One listed code of a set.</summary>
/// <param name="In">Whether it is in the set; a code listed as excluded is not.</param>
/// <param name="Concept">Where it is listed: a concept of a code system, of an include, or of a stored expansion; may be absent.</param>
internal readonly record struct Member(Membership In, FhirElement Concept);

/// <summary>
/// A set of codes while it is being made: listed codes, one rule per system for codes not listed, and one for all other systems.
/// Set operations hold pointwise in three-valued logic.
/// </summary>
internal sealed class CodeSet
{
    private readonly Dictionary<CodeKey, Member> members = [];
    private readonly Dictionary<string, CodeRule> rules = new(StringComparer.Ordinal);

    public static CodeSet Nothing() => new();

    /// <summary>Nothing is known about any code.</summary>
    public static CodeSet Unknown() => new() { Elsewhere = CodeRule.Unknown };

    public IReadOnlyDictionary<CodeKey, Member> Members => members;

    public IReadOnlyDictionary<string, CodeRule> Rules => rules;

    public CodeRule Elsewhere { get; private set; } = CodeRule.None;

    public void Add(string system, string code, FhirElement concept, Membership @in = Membership.Yes) =>
        members.TryAdd(new CodeKey(system, code), new Member(@in, concept));

    public void Rule(string system, CodeRule rule) => rules[system] = rule;

    public Membership At(CodeKey key) =>
        members.TryGetValue(key, out var member) ? member.In : RuleOf(key.System).Check(Encoding.UTF8.GetBytes(key.Code));

    /// <summary>Changes this set to the union with, the intersection with, or the difference from the other. The other stays.</summary>
    public void Combine(SetOperation operation, CodeSet other)
    {
        // Listed on either side: first those here, in their order, then the newcomers in theirs.
        foreach (var key in members.Keys.ToList())
        {
            var own = members[key];
            members[key] = own with { In = operation.Apply(own.In, other.At(key)) };
        }

        foreach (var (key, theirs) in other.members)
        {
            if (!members.ContainsKey(key))
            {
                members.Add(key, theirs with { In = operation.Apply(RuleOf(key.System).Check(Encoding.UTF8.GetBytes(key.Code)), theirs.In) });
            }
        }

        foreach (var system in rules.Keys.Union(other.rules.Keys, StringComparer.Ordinal).ToList())
        {
            rules[system] = CodeRule.Combine(operation, RuleOf(system), other.RuleOf(system));
        }

        Elsewhere = CodeRule.Combine(operation, Elsewhere, other.Elsewhere);
    }

    private CodeRule RuleOf(string system) => rules.GetValueOrDefault(system, Elsewhere);
}
