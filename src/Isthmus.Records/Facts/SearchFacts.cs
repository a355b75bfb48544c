using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Fhir.Search;

namespace Isthmus.Records.Facts;

/// <summary>
/// What commits beside a pack so that its resources are found: the tokens that the index begins with, and a block of facts of each resource
/// that got a new version, by which most of a search is decided without opening the pack.
/// </summary>
/// <param name="Tokens">Distinct, in order.</param>
/// <param name="Block">See <see cref="FactsBlock"/>; empty where no resource got a new version.</param>
internal sealed record SearchFacts(long[] Tokens, byte[] Block)
{
    /// <param name="person">Whose pack it is.</param>
    /// <param name="fresh">The resources that got a new version.</param>
    public static SearchFacts Of(PersonId person, IReadOnlyList<FreshResource> fresh, SearchTokens tokens) => new FactsWriter(person, fresh, tokens).Write();
}

/// <param name="Place">Which of its pack's resources it is.</param>
internal readonly record struct FreshResource(int Place, ResourceDraft Draft, int Version);

/// <summary>Gathers the facts of one pack.</summary>
internal sealed class FactsWriter(PersonId person, IReadOnlyList<FreshResource> fresh, SearchTokens tokens)
{
    private readonly List<long> indexed = new(64);
    private readonly List<FactsOfResource> resources = new(fresh.Count);
    private readonly HashSet<Guid> near = [];

    /// <summary>The results of one message refer to the same patient, visit and laboratory.</summary>
    private readonly Dictionary<(string Parameter, Guid Id), long> referred = [];

    public SearchFacts Write()
    {
        // A search for what refers to the person, or to a resource of the same pack, begins with that person's or that resource's packs.
        near.UnionWith(fresh.Select(resource => resource.Draft.Id));
        var values = new List<SearchValue>();
        foreach (var (place, draft, version) in fresh)
        {
            values.Clear();
            FactParameters.Kept.Extract(draft.Root, TimeSpan.Zero, values);
            var facts = new FactsOfResource(ResourceTypes.NumberOf(draft.Type), draft.Id, version, place, [], []);
            resources.Add(facts);
            foreach (var value in values)
            {
                Add(facts, value);
            }
        }

        long[] distinct = [.. indexed.Order().Distinct()];
        return new SearchFacts(distinct, resources.Count == 0 ? [] : FactsBlock.Write(distinct, resources));
    }

    private void Add(FactsOfResource facts, SearchValue value)
    {
        switch (value)
        {
            case TokenValue { Code.Exists: true } token: AddToken(facts, token); break;
            case ReferenceValue reference: AddReference(facts, reference); break;
            case DateValue date when FactParameters.IsBirth(date.Parameter): AddBirth(date); break;
            case DateValue date: facts.Dates.Add(new FactDate(FactParameters.NumberOf(date.Parameter), date.From.UtcTicks, date.Until.UtcTicks)); break;
            case StringValue text: AddName(text); break;
        }
    }

    private void AddToken(FactsOfResource facts, TokenValue token)
    {
        var code = token.Code.Text;
        var name = token.Parameter.Code;
        var isPersonal = FactParameters.IsPersonal(token.Parameter);
        var alone = isPersonal ? tokens.Of(TokenForm.Value, name, [], code) : tokens.OfRepeated(TokenForm.Value, name, [], code);
        facts.Tokens.Add(alone);
        if (FactParameters.IsSelective(token.Parameter))
        {
            indexed.Add(alone);
        }

        if (!token.IsPlain)
        {
            var system = token.System.Text;
            facts.Tokens.Add(isPersonal ? tokens.Of(TokenForm.SystemAndValue, name, system, code) : tokens.OfRepeated(TokenForm.SystemAndValue, name, system, code));
        }
    }

    private void AddReference(FactsOfResource facts, ReferenceValue reference)
    {
        var name = reference.Parameter.Code;
        var written = reference.Reference.Text;
        if (LocalReference.TryRead(written, out var isPatient, out var local))
        {
            ref var token = ref CollectionsMarshal.GetValueRefOrAddDefault(referred, (name, local), out var isKnown);
            token = isKnown ? token : tokens.Of(TokenForm.Reference, name, [], written);
            AddLocal(facts, token, near.Contains(local) || (isPatient && local == person.Value));
        }
        else if (reference.Target is { Type: { } type, Id: { } id } && written.IndexOf("://"u8) < 0)
        {
            AddLocal(facts, tokens.Of(TokenForm.Reference, name, [], Encoding.UTF8.GetBytes($"{type}/{id}")), Guid.TryParseExact(id, "D", out var known) && near.Contains(known));
        }
        else if (!written.IsEmpty)
        {
            AddUri(facts, name, written);
            var version = written.IndexOf((byte)'|');
            if (version > 0)
            {
                AddUri(facts, name, written[..version]);
            }
        }
    }

    /// <param name="isNear">Whether a search for it begins with this pack anyhow.</param>
    private void AddLocal(FactsOfResource facts, long token, bool isNear)
    {
        facts.Tokens.Add(token);
        if (!isNear)
        {
            indexed.Add(token);
        }
    }

    private void AddUri(FactsOfResource facts, string parameter, ReadOnlySpan<byte> uri)
    {
        var token = tokens.Of(TokenForm.Uri, parameter, [], uri);
        facts.Tokens.Add(token);
        indexed.Add(token);
    }

    private void AddBirth(DateValue date)
    {
        foreach (var form in BirthForms.Of(date.From, date.Until))
        {
            indexed.Add(tokens.Of(TokenForm.Birth, date.Parameter.Code, [], Encoding.ASCII.GetBytes(date.From.ToString(form, CultureInfo.InvariantCulture))));
        }
    }

    private void AddName(StringValue text)
    {
        foreach (var prefix in NamePrefixes.Of(SearchText.Fold(text.Text.AsString())))
        {
            indexed.Add(tokens.Of(TokenForm.Prefix, "name", [], Encoding.UTF8.GetBytes(prefix)));
        }
    }
}

/// <summary>To which precision a date of birth is told, by how long it may mean.</summary>
internal static class BirthForms
{
    private static readonly string[] Day = ["yyyy-MM-dd", "yyyy-MM", "yyyy"];

    /// <summary>The forms under which it is in the index, its own first.</summary>
    public static ReadOnlySpan<string> Of(DateTimeOffset from, DateTimeOffset until) => (until - from).TotalDays switch
    {
        <= 1 => Day,
        <= 31 => Day.AsSpan(1),
        _ => Day.AsSpan(2),
    };
}

/// <summary>All that a block says of one resource.</summary>
/// <param name="Place">Which of its pack's resources it is.</param>
internal sealed record FactsOfResource(short Type, Guid Id, int Version, int Place, List<long> Tokens, List<FactDate> Dates);

/// <param name="Parameter">See <see cref="FactParameters.NumberOf"/>.</param>
/// <param name="From">UTC ticks.</param>
/// <param name="Until">UTC ticks, not itself part of it.</param>
internal readonly record struct FactDate(ushort Parameter, long From, long Until);
