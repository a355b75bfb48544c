using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Checks;
using Isthmus.Governance.Reading;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance;

/// <summary>A site that loaded, or every reason why it did not.</summary>
/// <param name="Model">Null when there are faults.</param>
/// <param name="Faults">In order of path and line.</param>
public sealed record SiteLoad(SiteModel? Model, IReadOnlyList<SiteFault> Faults);

/// <summary>From files to the running model: read the shape, hold the parts against each other, and only then build.</summary>
public static class SiteLoader
{
    /// <summary>A file with more faults than anybody reads is wrong in one way, not in many.</summary>
    internal const int MostFaults = 500;

    /// <param name="environment">Variables that may override settings; see docs/reference/contract.md.</param>
    /// <param name="asOf">
    /// The day on which waivers are judged: today when a site is checked or applied, the day of applying when a node
    /// loads what was applied, so that a waiver that ran out never stops a running site from starting again.
    /// </param>
    /// <param name="others">Modules that check folders of their own; a node that loads what was applied needs none.</param>
    public static SiteLoad Load(
        SiteFiles files, IReadOnlyDictionary<string, string> environment, DateOnly asOf, params IReadOnlyList<SiteChecker> others)
    {
        if (others.Count > 0 && YamlNesting.Check(files).ToList() is { Count: > 0 } tooDeep)
        {
            return Refused(tooDeep);
        }

        var read = SiteReader.Read(files, environment);
        read.Faults.AddRange(others.SelectMany(o => o.Check(files)));
        if (read.Settings is not { } settings)
        {
            return Refused(read.Faults);
        }

        SettingsChecks.Check(settings, read.SettingsSection!);
        SourceChecks.CheckTogether(read.Contracts);
        var apiContracts = ApiContractChecks.Check(read, settings).ToList();
        var contracts = read.Contracts.Select(draft => Check(draft, settings, read.Policies, files, asOf)).ToList();
        if (read.Faults.Count > 0)
        {
            return Refused(read.Faults);
        }

        return new SiteLoad(
            new SiteModel
            {
                Files = files,
                Name = settings.Name,
                Environment = settings.Environment,
                Tenant = settings.Tenant,
                DataFolder = settings.DataFolder,
                Keys = settings.Keys,
                Listeners = settings.Listeners,
                Destinations = settings.Destinations,
                Watermarks = settings.Watermarks,
                LogLevel = settings.LogLevel,
                Contracts = contracts,
                ApiContracts = apiContracts,
                Access = settings.Access,
                AccessPolicy = read.Access,
            },
            []);
    }

    private static IntegrationContract Check(
        ContractDraft draft, Settings settings, IReadOnlyList<ConsentPolicy> policies, SiteFiles files, DateOnly asOf)
    {
        var policy = policies.FirstOrDefault(p => p.Name == draft.Contract.Policy.Name);
        PolicyChecks.Check(draft, policy, policies);
        SourceChecks.Check(draft, settings, files);
        DestinationChecks.Check(draft, settings, policy);
        FieldChecks.Check(draft);
        CompletenessChecks.Check(draft);
        AlarmChecks.Check(draft);
        var risk = RiskChecks.Assess(draft, settings, asOf);
        return draft.Contract with { Policy = policy ?? draft.Contract.Policy, Risk = risk };
    }

    private static SiteLoad Refused(IEnumerable<SiteFault> faults)
    {
        var all = faults.Distinct().OrderBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.Line).ToList();
        return all.Count <= MostFaults
            ? new(null, all)
            : new(null, [.. all.Take(MostFaults), new SiteFault(all[MostFaults].Path, all[MostFaults].Line, SiteRules.TooManyFaults, $"From here on {all.Count - MostFaults} further faults are left out; mend these first.")]);
    }
}
