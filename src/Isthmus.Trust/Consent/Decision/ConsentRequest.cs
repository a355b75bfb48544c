using Isthmus.Exchange;

namespace Isthmus.Trust.Consent.Decision;

/// <summary>What is asked: may this data of this person go to this recipient for this purpose, now and here?</summary>
public sealed record ConsentRequest
{
    /// <summary>The person, with every record linked to them; directives of anyone else are not applied.</summary>
    public required IReadOnlySet<PersonId> Persons { get; init; }

    /// <summary>v3 PurposeOfUse code. Null or empty is a denial, never a guess.</summary>
    public required string? Purpose { get; init; }

    /// <summary>Every name the recipient has in consents: references and <c>system|value</c> identifiers.</summary>
    public required IReadOnlyList<string> Recipient { get; init; }

    /// <summary>The organisations that the recipient is part of; counted where the policy says so.</summary>
    public IReadOnlyList<string> RecipientWithin { get; init; } = [];

    /// <summary>consentaction code of what is about to happen.</summary>
    public string Action { get; init; } = "disclose";

    /// <summary>What would move, part by part; all of it must be permitted. Empty is data of which nothing is known.</summary>
    public required IReadOnlyList<DataFacts> Data { get; init; }

    /// <summary>ISO 3166 code of the place whose law applies.</summary>
    public required string Jurisdiction { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>
/// What is known of one part of the data. Null is "not known": a refusal that names such a fact then applies, and a
/// permit that names it does not.
/// </summary>
/// <param name="Class">Resource type.</param>
/// <param name="Labels">Security label codes; empty for data that was looked at and is not sensitive, null before that.</param>
/// <param name="Codes">Its codes as <c>system|code</c>.</param>
/// <param name="Period">When it arose, both ends included.</param>
/// <param name="Reference">Its reference.</param>
/// <param name="Authors">References of performer, author, asserter, recorder.</param>
public sealed record DataFacts(
    string? Class,
    IReadOnlyList<string>? Labels,
    IReadOnlyList<string>? Codes = null,
    (DateTimeOffset From, DateTimeOffset To)? Period = null,
    string? Reference = null,
    IReadOnlyList<string>? Authors = null)
{
    public static DataFacts Unknown { get; } = new(null, null);
}
