using Isthmus.Records.Search;

namespace Isthmus.Records.Tests.Search;

public sealed class SearchTokensTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly SearchTokens tokens = new(Key);

    [Fact]
    public void The_token_of_a_value_never_changes() =>
        Assert.Equal(Fixed, tokens.Token("Observation", "code", "http://loinc.org"u8, "2823-3"u8));

    [Fact]
    public void A_query_finds_what_was_committed()
    {
        var patient = Drafts.Patient(Guid.NewGuid(), "Quillfeather");
        var observation = Drafts.Observation(Guid.NewGuid(), "4.1", default);

        var found = tokens.Of([patient, observation]);

        Assert.Contains(tokens.Token("Patient", "identifier", "urn:oid:2.16.840.1.113883.19.5.1"u8, "MRN1"u8), found);
        Assert.Contains(tokens.Token("Patient", "birthdate", [], "1961-04-02"u8), found);
        Assert.Contains(tokens.Token("Patient", "birthdate", [], "1961"u8), found);
        Assert.Contains(tokens.Token("Patient", "family", [], "QUI"u8), found);
        Assert.Contains(tokens.Token("Patient", "family", [], "QUILLFEA"u8), found);
        Assert.Contains(tokens.Token("Observation", "code", "http://loinc.org"u8, "2823-3"u8), found);
        Assert.Contains(tokens.Token("Observation", "status", [], "final"u8), found);
        Assert.Contains(tokens.Token("Observation", "date", [], "2026-11-20"u8), found);
    }

    [Fact]
    public void Another_key_another_type_another_value_is_another_token()
    {
        var one = tokens.Token("Patient", "identifier", "s"u8, "v"u8);
        long[] others =
        [
            new SearchTokens(new byte[32]).Token("Patient", "identifier", "s"u8, "v"u8),
            tokens.Token("Observation", "identifier", "s"u8, "v"u8),
            tokens.Token("Patient", "identifier", "s"u8, "w"u8),
            tokens.Token("Patient", "identifier", "t"u8, "v"u8),
        ];

        Assert.DoesNotContain(one, others);
    }

    [Fact]
    public void Tokens_of_a_pack_are_in_order_and_once_each()
    {
        var patient = Drafts.Patient(Guid.NewGuid(), "Quillfeather");

        var found = tokens.Of([patient, patient]);

        Assert.Equal(found.Distinct().Order(), found);
    }

    [Fact]
    public void A_value_of_any_length_has_a_token()
    {
        var endless = new byte[5000];

        Assert.NotEqual(0, tokens.Token("Patient", "identifier", endless, endless));
    }

    // HMAC-SHA256 of "Observationcode|http://loinc.org|2823-3" under the key 01 02 … 20, its first eight bytes, little endian.
    private const long Fixed = -6560775458279701007;
}
