using FsCheck;
using FsCheck.Fluent;
using Isthmus.Trust.Access;

namespace Isthmus.Trust.Tests.Access;

/// <summary>
/// Covering and intersecting against the plain meaning of scopes: an access is one interaction with one resource, whose search values
/// are given, and a set permits it when one of its scopes does.
/// </summary>
public sealed class ScopePropertyTests
{
    private static readonly Gen<string> Level = Gen.Elements("system", "user", "patient");
    private static readonly Gen<string> Type = Gen.Elements("Patient", "Observation");

    private static readonly Gen<string> Letters =
        from bits in Gen.Choose(1, 31)
        select InteractionLetters.Write((Interactions)bits);

    private static readonly Gen<string> Condition =
        from name in Gen.Elements("_tag", "_security", "_tag:not")
        from values in Gen.NonEmptyListOf(Gen.Elements("a", "b", "c"))
        select $"{name}={string.Join(',', values.Take(3))}";

    private static readonly Gen<string> Query = Gen.OneOf(
        Gen.Constant(string.Empty),
        from conditions in Gen.NonEmptyListOf(Condition) select "?" + string.Join('&', conditions.Take(3)));

    private static readonly Gen<Scope> OneScope =
        from level in Level
        from type in Gen.OneOf(Type, Gen.Constant("*"))
        from letters in Letters
        from query in Query
        select ScopeTests.Read($"{level}/{type}.{letters}{query}");

    private static readonly Gen<ScopeSet> Set =
        from scopes in Gen.ListOf(OneScope)
        select ScopeSet.Of(scopes.Take(4), []);

    private static readonly Gen<Access> OneAccess =
        from level in Level
        from type in Type
        from interaction in Gen.Elements(InteractionLetters.Each.ToArray())
        from tag in Gen.SubListOf("a", "b", "c")
        from security in Gen.SubListOf("a", "b", "c")
        select new Access(level, type, interaction, [.. tag], [.. security]);

    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void What_is_written_reads_the_same() =>
        Prop.ForAll(OneScope.ToArbitrary(), scope => ScopeTests.Read(scope.ToString()).Equals(scope)).Check(Many);

    [Fact]
    public void Every_scope_covers_itself_and_covering_carries_over() =>
        Prop.ForAll((from a in OneScope from b in OneScope from c in OneScope select (a, b, c)).ToArbitrary(), s =>
            s.a.Covers(s.a)
            && (!(s.a.Covers(s.b) && s.b.Covers(s.c)) || s.a.Covers(s.c))
            && (!(s.a.Covers(s.b) && s.b.Covers(s.a)) || s.a.Equals(s.b))).Check(Many);

    [Fact]
    public void What_is_covered_never_permits_more() =>
        Prop.ForAll((from wide in Set from narrow in Set from access in OneAccess select (wide, narrow, access)).ToArbitrary(), s =>
            !s.wide.Covers(s.narrow) || !Permits(s.narrow, s.access) || Permits(s.wide, s.access)).Check(Many);

    [Fact]
    public void Both_together_permit_what_each_permits() =>
        Prop.ForAll((from one in Set from two in Set from access in OneAccess select (one, two, access)).ToArbitrary(), s =>
            Permits(s.one.Intersect(s.two), s.access) == (Permits(s.one, s.access) && Permits(s.two, s.access))).Check(Many);

    [Fact]
    public void What_both_permit_is_covered_by_each() =>
        Prop.ForAll((from one in Set from two in Set select (one, two)).ToArbitrary(), s =>
        {
            var both = s.one.Intersect(s.two);
            return s.one.Covers(both) && s.two.Covers(both) && both.Equals(s.two.Intersect(s.one));
        }).Check(Many);

    [Fact]
    public void Leaving_out_what_another_covers_changes_nothing() =>
        Prop.ForAll((from scopes in Gen.ListOf(OneScope) from access in OneAccess select (scopes, access)).ToArbitrary(), s =>
            Permits(ScopeSet.Of(s.scopes, []), s.access) == s.scopes.Any(scope => Permits(scope, s.access))).Check(Many);

    private static bool Permits(ScopeSet set, Access access) => set.Scopes.Any(s => Permits(s, access));

    private static bool Permits(Scope scope, Access access) =>
        scope.ToString().StartsWith(access.Level, StringComparison.Ordinal)
        && (scope.Resource == "*" || scope.Resource == access.Type)
        && scope.Interactions.HasFlag(access.Interaction)
        && scope.Restriction.Conditions.All(c =>
        {
            var found = (c.Name == "_tag" ? access.Tag : access.Security).Intersect(c.Values).Any();
            return c.Modifier.Length == 0 ? found : !found;
        });

    private sealed record Access(string Level, string Type, Interactions Interaction, string[] Tag, string[] Security);
}
