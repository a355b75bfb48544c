using Isthmus.Exchange;
using Isthmus.Records.Commit;

namespace Isthmus.Records.Tests.Commit;

/// <summary>Which version of a resource is current: by standing, never by arrival.</summary>
public sealed class VersionTests(SharedRecords records) : IClassFixture<SharedRecords>
{
    private const short Final = 4;
    private const short Corrected = 7;

    private readonly Guid id = Guid.NewGuid();

    [Fact]
    public async Task A_late_final_never_overwrites_a_correction()
    {
        await records.CommitOneAsync(Drafts.Observation(id, "corrected", new Standing(Corrected, 200, 200)));

        var late = await records.CommitOneAsync(Drafts.Observation(id, "late final", new Standing(Final, 300, 300)));

        Assert.Equal((CommitEffect.Stale, 2), (late.Effect, late.Version));
        Assert.Equal("1", await CurrentAsync());
        Assert.Equal(2L, await records.AskAsync<long>($"SELECT count(*) FROM phi.resource WHERE id = '{id}'"));
    }

    [Fact]
    public async Task The_same_content_makes_no_new_version()
    {
        await records.CommitOneAsync(Drafts.Observation(id, "x", new Standing(Final, 100, 100)));

        var again = await records.CommitOneAsync(Drafts.Observation(id, "x", new Standing(Final, 100, 200)));

        Assert.Equal((CommitEffect.Unchanged, 1), (again.Effect, again.Version));
        Assert.Equal(1L, await records.AskAsync<long>($"SELECT count(*) FROM phi.resource WHERE id = '{id}'"));
    }

    [Fact]
    public async Task What_comes_late_between_two_equal_ones_does_not_overwrite_them()
    {
        await records.CommitOneAsync(Drafts.Patient(id, "Quill", new Standing(0, 0, 100)));
        await records.CommitOneAsync(Drafts.Patient(id, "Quill", new Standing(0, 0, 300)));

        var late = await records.CommitOneAsync(Drafts.Patient(id, "Typo", new Standing(0, 0, 200)));

        Assert.Equal(CommitEffect.Stale, late.Effect);
    }

    [Fact]
    public async Task Within_one_transaction_the_order_of_packs_does_not_decide_either()
    {
        var person = PersonId.New();
        var versions = await records.CommitAsync(
            (SharedRecords.NewMessage(), person, [Drafts.Patient(id, "Quill", new Standing(0, 0, 100))]),
            (SharedRecords.NewMessage(), person, [Drafts.Patient(id, "Quill", new Standing(0, 0, 300))]),
            (SharedRecords.NewMessage(), person, [Drafts.Patient(id, "Typo", new Standing(0, 0, 200))]),
            (SharedRecords.NewMessage(), person, [Drafts.Patient(id, "Feather", new Standing(0, 0, 400))]));

        Assert.Equal(
            [CommitEffect.Current, CommitEffect.Unchanged, CommitEffect.Stale, CommitEffect.Current],
            versions.Select(v => v.All[0].Effect));
        Assert.Equal("3", await CurrentAsync());
    }

    [Fact]
    public async Task The_order_of_arrival_never_decides()
    {
        var random = new Random(20261120);
        for (var round = 0; round < 25; round++)
        {
            // Times collide, are unknown, and contradict one another; no two of these stand alike.
            var standings = Enumerable.Range(0, 40)
                .Select(_ => new Standing((short)random.Next(3, 6), random.Next(4) * 100, 50 + (random.Next(8) * 50)))
                .DistinctBy(s => (s.Rank, s.Reported == 0 ? s.Sent : s.Reported, s.Sent))
                .Take(6).ToArray();
            var newest = standings.Max();

            for (var arrival = 0; arrival < 4; arrival++)
            {
                var resource = Guid.NewGuid();
                var person = PersonId.New();
                random.Shuffle(standings);
                var sent = standings.Select(s => (SharedRecords.NewMessage(), person, (ResourceDraft[])[Drafts.Observation(resource, s.ToString(), s)])).ToArray();

                // Some together, the rest one by one.
                await records.CommitAsync(sent[..3]);
                foreach (var one in sent[3..])
                {
                    await records.CommitAsync(one);
                }

                var (rank, reported, at) = await CurrentStandingAsync(resource);
                Assert.Equal(newest, new Standing(rank, reported, at));
                Assert.Equal((long)standings.Length, await records.AskAsync<long>($"SELECT count(*) FROM phi.resource WHERE id = '{resource}'"));
            }
        }
    }

    [Fact]
    public void Standing_is_a_total_order()
    {
        var all = (
            from rank in (short[])[0, 4, 7]
            from reported in (long[])[0, 100, 200]
            from sent in (long[])[0, 50, 100, 150, 300]
            select new Standing(rank, reported, sent)).ToArray();
        foreach (var a in all)
        {
            foreach (var b in all)
            {
                Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
                Assert.All(all, c => Assert.False(a < b && b < c && !(a < c)));
            }
        }
    }

    [Fact]
    public async Task What_persons_share_is_not_touched_when_it_is_only_said_again()
    {
        const string Json = """{"resourceType":"Practitioner","name":[{"family":"Ward"}]}""";
        await records.CommitOneAsync(Drafts.Of("Practitioner", id, Json, new Standing(0, 0, 100)));

        var again = await records.CommitOneAsync(Drafts.Of("Practitioner", id, Json, new Standing(0, 0, 300)));

        Assert.Equal((CommitEffect.Unchanged, false), (again.Effect, again.IsConfirmed));
    }

    private Task<string> CurrentAsync() =>
        records.AskAsync<string>($"SELECT max(version)::text FROM phi.resource WHERE id = '{id}' AND NOT stale");

    private async Task<(short Rank, long Reported, long Sent)> CurrentStandingAsync(Guid resource)
    {
        var row = await records.AskAsync<long[]>(
            $"SELECT ARRAY[rank, reported, sent]::bigint[] FROM phi.resource WHERE id = '{resource}' AND NOT stale ORDER BY version DESC LIMIT 1");
        return ((short)row[0], row[1], row[2]);
    }
}
