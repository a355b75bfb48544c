using Isthmus.Exchange;
using Isthmus.Fhir.Search;
using Isthmus.Records.Facts;

namespace Isthmus.Records.Tests.Facts;

public sealed class SearchFactsTests
{
    private static readonly SearchTokens Tokens = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    [Fact]
    public void What_is_written_is_read_again()
    {
        var random = new Random(7);
        for (var run = 0; run < 500; run++)
        {
            long[] indexed = [.. Enumerable.Range(0, random.Next(20)).Select(_ => random.NextInt64()).Order()];
            var resources = Enumerable.Range(0, random.Next(6)).Select(_ => new FactsOfResource(
                (short)random.Next(1, 300), Guid.NewGuid(), random.Next(1, 100_000), random.Next(0, 5000),
                [.. Enumerable.Range(0, random.Next(12)).Select(_ => indexed.Length > 0 && random.Next(2) == 0 ? indexed[random.Next(indexed.Length)] : random.NextInt64())],
                [.. Enumerable.Range(0, random.Next(4)).Select(_ => Date(random))])).ToList();

            var read = FactsBlock.Read(indexed, FactsBlock.Write(indexed, resources));

            Assert.Equal(resources.Count, read.Count);
            foreach (var (before, after) in resources.Zip(read))
            {
                Assert.Equal((before.Type, before.Id, before.Version, before.Place), (after.Type, after.Id, after.Version, after.Place));
                Assert.Equal(before.Tokens.Select(FactsBlock.Compared), after.Tokens);
                Assert.Equal(before.Dates, after.Dates);
            }
        }
    }

    [Fact]
    public void A_damaged_block_is_told_from_a_whole_one_and_never_read_beyond_its_end()
    {
        var whole = FactsBlock.Write([1, 2], [new FactsOfResource(8, Guid.NewGuid(), 1, 0, [1, 2, 3], [new FactDate(5, 0, TimeSpan.TicksPerDay)])]);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => FactsBlock.Read([1, 2], whole.AsSpan(0, length)));
        }
    }

    [Fact]
    public void No_two_dates_of_a_type_share_a_number()
    {
        foreach (var type in ResourceTypes.All)
        {
            var dates = FactParameters.Index.Parameters(type).Where(p => p.Kind == SearchKind.Date).ToList();
            Assert.Equal(dates.Count, dates.Select(FactParameters.NumberOf).Distinct().Count());
        }
    }

    [Fact]
    public void What_is_kept_in_clear_is_no_date_of_birth_and_tokens_tell_no_value()
    {
        var patient = Drafts.Patient(Guid.NewGuid(), "Quillfeather");

        var facts = Of(patient);

        Assert.Empty(Assert.Single(FactsBlock.Read(facts.Tokens, facts.Block)).Dates);
        Assert.Contains(Tokens.Of(TokenForm.Birth, "birthdate", [], "1961-04-02"u8), facts.Tokens);
        Assert.Contains(Tokens.Of(TokenForm.Birth, "birthdate", [], "1961"u8), facts.Tokens);
        Assert.Contains(Tokens.Of(TokenForm.Prefix, "name", [], "qui"u8), facts.Tokens);
        Assert.Contains(Tokens.Of(TokenForm.Prefix, "name", [], "quillfea"u8), facts.Tokens);
        Assert.Contains(Tokens.Of(TokenForm.Value, "identifier", [], "MRN1"u8), facts.Tokens);
        Assert.Equal(facts.Tokens.Distinct().Order(), facts.Tokens);
    }

    private static SearchFacts Of(params ResourceDraft[] drafts) => SearchFacts.Of(PersonId.New(), [.. drafts.Select((draft, place) => new FreshResource(place, draft, 1))], Tokens);

    private static FactDate Date(Random random)
    {
        var from = random.Next(3) switch { 0 => 0L, 1 => random.NextInt64(0, 9999L * 365 * 86400) * TimeSpan.TicksPerSecond, _ => random.NextInt64(0, DateTime.MaxValue.Ticks / 2) };
        var until = random.Next(3) switch { 0 => DateTime.MaxValue.Ticks, 1 => from + TimeSpan.TicksPerDay, _ => from + random.NextInt64(0, 1_000_000_000) };
        return new FactDate((ushort)random.Next(ushort.MaxValue), from, Math.Max(from, until));
    }
}
