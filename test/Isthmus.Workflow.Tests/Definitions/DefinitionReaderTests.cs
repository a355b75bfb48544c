using System.Text;
using Isthmus.Exchange;
using Isthmus.Workflow.Definitions;

namespace Isthmus.Workflow.Tests.Definitions;

public sealed class DefinitionReaderTests
{
    [Fact]
    public void The_demo_declares_a_workflow_for_every_signal_without_a_fault()
    {
        var (workflows, faults) = WorkflowSet.Load(DemoSite.Files);

        Assert.Empty(faults);
        Assert.Equal("critical-result@1.0.0", Assert.Single(workflows.StartingOn(SignalKinds.CriticalResult)).Id);
        Assert.Equal("identity-review@1.0.0", Assert.Single(workflows.StartingOn(SignalKinds.IdentityConflict)).Id);
        Assert.Equal("unknown-patient@1.0.0", Assert.Single(workflows.StartingOn(SignalKinds.UnknownPatient)).Id);
        Assert.Equal("quarantine@1.0.0", Assert.Single(workflows.StartingOn(SignalKinds.MessageQuarantined)).Id);
        Assert.Equal("dead-delivery@1.0.0", Assert.Single(workflows.StartingOn(SignalKinds.DeliveryDead)).Id);
        Assert.Equal("sign-in-failing@1.0.0", Assert.Single(workflows.StartingOn(SignalKinds.SignInFailing)).Id);
        Assert.Equal("conduct-unusual@1.0.0", Assert.Single(workflows.StartingOn(SignalKinds.ConductUnusual)).Id);
    }

    [Theory]
    [InlineData("ICU", "icu-charge-nurse")]
    [InlineData("icu^03^A", "icu-charge-nurse")]
    [InlineData("ED^07", "emergency-charge-nurse")]
    [InlineData("4W^412^1", "ward-4w-charge-nurse")]
    [InlineData("5E^1", "nursing-supervisor")]
    [InlineData("", "nursing-supervisor")]
    public void The_pool_is_chosen_by_location(string location, string pool) =>
        Assert.Equal(pool, DemoSite.CriticalResult.PathFrom(location)[0]);

    [Theory]
    [InlineData("starts-on: critical-result", "starts-on: critical-results", WorkflowRules.SignalUnknown, 6)]
    [InlineData("audit: task.created", "audit: task.made", WorkflowRules.AuditUnknown, 7)]
    [InlineData("audit: task.acknowledged", "audit: task.acked", WorkflowRules.AuditUnknown, 37)]
    [InlineData("owner: Head of Laboratory Medicine", "", WorkflowRules.Missing, 2)]
    [InlineData("purpose:", "porpoise:", WorkflowRules.Unknown, 4)]
    [InlineData("    default: true", "    default: maybe", WorkflowRules.Value, 26)]
    [InlineData("    default: true", "    locations: [X]", WorkflowRules.PoolDefault, 15)]
    [InlineData("escalates-to: [medical-director-on-call]", "escalates-to: [nursing-supervisor]", WorkflowRules.Duplicate, 15)]
    [InlineData("    locations: [ED*]", "", WorkflowRules.Missing, 15)]
    [InlineData("pool: emergency-charge-nurse", "pool: icu-charge-nurse", WorkflowRules.Duplicate, 15)]
    [InlineData("initial: raised", "initial: rised", WorkflowRules.StateUnknown, 29)]
    [InlineData("to: closed", "to: shut", WorkflowRules.StateUnknown, 53)]
    [InlineData("complete-within: 15m", "complete-within: 15 minutes", WorkflowRules.Value, 33)]
    [InlineData("{ after: 15m, raise: escalate }", "{ raise: escalate }", WorkflowRules.Missing, 35)]
    [InlineData("{ after: 15m, raise: escalate }", "{ after: 15m, raise: alarm }", WorkflowRules.TimerUnheard, 34)]
    [InlineData("pool: next", "pool: other", WorkflowRules.Value, 38)]
    [InlineData("closed: { final: true }", "closed: { complete-within: 1m, final: true }", WorkflowRules.FinalState, 56)]
    [InlineData("closed: { final: true }", "closed: { }", WorkflowRules.StateStuck, 32)]
    [InlineData("closed: { final: true }", "closed: { final: true }\n  lost: { final: true }", WorkflowRules.StateUnreachable, 57)]
    [InlineData("complete-within: 4h", "owner: nobody", WorkflowRules.PoolUnknown, 49)]
    [InlineData("workflow: critical-result", "workflow: [", WorkflowRules.Syntax, 0)]
    [InlineData("workflow: critical-result", "workflow: quarantine", WorkflowRules.Duplicate, 1)]
    public void A_fault_is_named_with_its_line(string old, string by, string rule, int line)
    {
        var faults = new WorkflowSiteChecker().Check(DemoSite.Changed(old, by)).ToList();

        var fault = Assert.Single(faults, f => f.Rule == rule && (line == 0 || f.Line == line));
        Assert.StartsWith("workflows/", fault.Path, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Text);
    }

    [Fact]
    public void All_faults_are_found_at_once()
    {
        var faults = new WorkflowSiteChecker().Check(DemoSite.Changed("task.", "tusk.")).Select(f => f.Rule).ToList();

        Assert.Equal(7, faults.Count(r => r == WorkflowRules.AuditUnknown));
    }

    [Fact]
    public void A_site_in_which_nobody_answers_a_critical_value_is_at_fault()
    {
        var files = DemoSite.Files.Files.Where(f => !f.Key.Contains("critical", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);

        Assert.Equal(WorkflowRules.CriticalUnanswered, Assert.Single(new WorkflowSiteChecker().Check(new SiteFiles("x", files))).Rule);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a list")]
    [InlineData("a: 1\n---\nb: 2")]
    [InlineData("a: 1\na: 2")]
    [InlineData("a: [\nb: 1")]
    public void What_is_not_one_document_of_keys_is_a_syntax_fault(string text)
    {
        var faults = new List<SiteFault>();

        Assert.Null(DefinitionReader.Read("workflows/x.yaml", Encoding.UTF8.GetBytes(text), faults));
        Assert.Equal(WorkflowRules.Syntax, Assert.Single(faults).Rule);
    }

    [Fact]
    public void Bytes_that_are_not_text_are_a_syntax_fault()
    {
        var faults = new List<SiteFault>();

        Assert.Null(DefinitionReader.Read("workflows/x.yaml", [0x77, 0xff, 0xfe], faults));
        Assert.Equal(WorkflowRules.Syntax, Assert.Single(faults).Rule);
    }
}
