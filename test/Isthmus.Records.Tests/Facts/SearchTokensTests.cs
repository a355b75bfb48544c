using Isthmus.Records.Facts;

namespace Isthmus.Records.Tests.Facts;

public sealed class SearchTokensTests
{
    // HMAC-SHA256 of 's', 4, "code", 16, 0, "http://loinc.org", "2823-3" under the key 01 02 … 20, its first eight bytes, little endian.
    private const long Fixed = 6019728063893625117;

    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly SearchTokens tokens = new(Key);

    [Fact]
    public void The_token_of_a_value_never_changes()
    {
        Assert.Equal(Fixed, tokens.Of(TokenForm.SystemAndValue, "code", "http://loinc.org"u8, "2823-3"u8));
        Assert.Equal(Fixed, tokens.OfRepeated(TokenForm.SystemAndValue, "code", "http://loinc.org"u8, "2823-3"u8));
        Assert.Equal(Fixed, tokens.OfRepeated(TokenForm.SystemAndValue, "code", "http://loinc.org"u8, "2823-3"u8));
    }

    [Fact]
    public void Another_key_another_form_another_parameter_another_value_is_another_token()
    {
        var one = tokens.Of(TokenForm.SystemAndValue, "identifier", "s"u8, "v"u8);
        long[] others =
        [
            new SearchTokens(new byte[32]).Of(TokenForm.SystemAndValue, "identifier", "s"u8, "v"u8),
            tokens.Of(TokenForm.Value, "identifier", "s"u8, "v"u8),
            tokens.Of(TokenForm.SystemAndValue, "code", "s"u8, "v"u8),
            tokens.Of(TokenForm.SystemAndValue, "identifier", "s"u8, "w"u8),
            tokens.Of(TokenForm.SystemAndValue, "identifier", "t"u8, "v"u8),
            tokens.Of(TokenForm.SystemAndValue, "identifier", "sv"u8, ""u8),
            tokens.Of(TokenForm.SystemAndValue, "identifier", ""u8, "sv"u8),
        ];

        Assert.DoesNotContain(one, others);
    }

    [Fact]
    public void A_value_of_any_length_has_a_token()
    {
        var endless = new byte[100_000];

        Assert.NotEqual(0, tokens.Of(TokenForm.SystemAndValue, new string('p', 1000), endless, endless));
    }
}
