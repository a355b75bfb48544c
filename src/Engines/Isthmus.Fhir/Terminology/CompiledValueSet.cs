using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

/// <summary>
/// A value set ready to be asked: <see cref="Contains"/> and <see cref="ContainsCode"/> are hash look-ups over UTF-8 and allocate
/// nothing. Immutable; keep it where it is asked often.
/// </summary>
public sealed class CompiledValueSet
{
    private const int MaxFoldedCode = 256;

    private readonly byte[][] systems;
    private readonly CodeRule[] rules;
    private readonly bool[] ignoresCase;
    private readonly CodeRule elsewhere;
    private readonly CodeTable table;
    private readonly Membership[] answers;
    private readonly (CodeKey Key, FhirElement Concept)[] listed;

    internal CompiledValueSet(string canonical, FhirElement resource, CodeSet set, IReadOnlyList<TerminologyFinding> findings, Func<string, bool> ignoresCaseIn)
    {
        Canonical = canonical;
        Resource = resource;
        Findings = [.. findings.Distinct()];
        var names = set.Members.Keys.Select(key => key.System).Concat(set.Rules.Keys).Distinct(StringComparer.Ordinal).ToList();
        systems = [.. names.Select(Encoding.UTF8.GetBytes)];
        rules = [.. names.Select(name => set.Rules.GetValueOrDefault(name, set.Elsewhere))];
        ignoresCase = [.. names.Select(ignoresCaseIn)];
        elsewhere = set.Elsewhere;
        var numbers = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);

        // A code that is listed as the rule has it anyway need not be kept.
        var kept = set.Members.Where(member => member.Value.In == Membership.Yes || rules[numbers[member.Key.System]].Always != member.Value.In).ToList();
        answers = [.. kept.Select(member => member.Value.In)];
        listed = [.. kept.Select(member => (member.Key, member.Value.Concept))];
        table = new CodeTable([.. kept.Select(member => (numbers[member.Key.System], Encoding.UTF8.GetBytes(Folded(member.Key.Code, ignoresCase[numbers[member.Key.System]]))))]);
        IsClosed = !answers.Contains(Membership.Unknown) && elsewhere.Always == Membership.No && Array.TrueForAll(rules, rule => rule.Always == Membership.No);
    }

    /// <summary>As it was asked for, <c>url</c> or <c>url|version</c>.</summary>
    public string Canonical { get; }

    /// <summary>The ValueSet; absent if it is not among the definitions.</summary>
    public FhirElement Resource { get; }

    /// <summary>What could not be evaluated and why; empty where every answer is yes or no.</summary>
    public IReadOnlyList<TerminologyFinding> Findings { get; }

    /// <summary>Whether all its codes are listed: no grammar takes part, and nothing is unknown.</summary>
    public bool IsClosed { get; }

    /// <summary>How many codes are listed.</summary>
    public int Count => answers.Count(answer => answer == Membership.Yes);

    /// <summary>
    /// Whether a Coding's code belongs. <paramref name="system"/> and <paramref name="code"/> are plain UTF-8, as
    /// <see cref="FhirElement.Text"/> gives them. With an empty system the answer is no if no system of the set has the code, else unknown.
    /// </summary>
    public Membership Contains(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        for (var number = 0; number < systems.Length; number++)
        {
            if (systems[number].AsSpan().SequenceEqual(system))
            {
                return At(number, code);
            }
        }

        return !system.IsEmpty ? elsewhere.Check(code)
            : ContainsCode(code) == Membership.No ? Membership.No : Membership.Unknown;
    }

    /// <summary>Whether the value of an element of type <c>code</c> belongs, whatever its system.</summary>
    public Membership ContainsCode(ReadOnlySpan<byte> code)
    {
        var best = elsewhere.Check(code);
        for (var number = 0; number < systems.Length && best != Membership.Yes; number++)
        {
            best = ThreeValued.Or(best, At(number, code));
        }

        return best;
    }

    /// <summary>What is listed, in the order of the definition.</summary>
    internal IEnumerable<(CodeKey Key, FhirElement Concept)> Listed
    {
        get
        {
            for (var i = 0; i < listed.Length; i++)
            {
                if (answers[i] == Membership.Yes)
                {
                    yield return listed[i];
                }
            }
        }
    }

    /// <summary>Where a code is listed; absent if it is not.</summary>
    internal FhirElement ConceptOf(string system, string code)
    {
        var number = Array.FindIndex(systems, own => own.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(system)));
        return number >= 0 && table.Find(number, Encoding.UTF8.GetBytes(Folded(code, ignoresCase[number]))) is >= 0 and var found ? listed[found].Concept : default;
    }

    public override string ToString() => $"CompiledValueSet({Canonical}, {Count} codes{(IsClosed ? string.Empty : ", open")})";

    private Membership At(int number, ReadOnlySpan<byte> code)
    {
        Span<byte> folded = stackalloc byte[ignoresCase[number] && code.Length <= MaxFoldedCode ? code.Length : 0];
        if (folded.Length > 0)
        {
            Ascii.ToLower(code, folded, out _);
        }

        return table.Find(number, folded.Length > 0 ? folded : code) is >= 0 and var found ? answers[found] : rules[number].Check(code);
    }

    private static string Folded(string code, bool fold) => fold ? code.ToLowerInvariant() : code;
}
