using Isthmus.Trust.Access.Idempotency;

namespace Isthmus.Trust.Tests.Access.Idempotency;

public sealed class IdempotencyKeyTests
{
    [Theory]
    [InlineData("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData("\"a \\\"quoted\\\" \\\\ key\"", "a \"quoted\" \\ key")]
    public void A_key_is_read_with_its_quotes_or_without(string header, string expected)
    {
        Assert.Null(IdempotencyKey.Read([header], out var key));
        Assert.Equal(expected, key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("\"open")]
    [InlineData("\"")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"a\\b\"")]
    [InlineData("\"a\\\"")]
    [InlineData("a\u0001b")]
    [InlineData("Müller")]
    [InlineData(" a")]
    public void What_is_no_key_is_refused(string header) => Assert.Equal(IdempotencyRules.KeyUnusable, IdempotencyKey.Read([header], out _));

    [Fact]
    public void None_is_missing_and_two_are_one_too_many()
    {
        Assert.Equal(IdempotencyRules.KeyMissing, IdempotencyKey.Read([], out _));
        Assert.Equal(IdempotencyRules.KeyUnusable, IdempotencyKey.Read(["a", "a"], out _));
    }

    [Fact]
    public void A_key_of_ten_kilobytes_is_refused_and_one_at_the_limit_is_not()
    {
        Assert.Equal(IdempotencyRules.KeyUnusable, IdempotencyKey.Read([new string('k', 10 * 1024)], out _));
        Assert.Null(IdempotencyKey.Read([$"\"{new string('k', IdempotencyKey.MostCharacters)}\""], out _));
        Assert.Equal(IdempotencyRules.KeyUnusable, IdempotencyKey.Read([new string('k', IdempotencyKey.MostCharacters + 1)], out _));
    }
}
