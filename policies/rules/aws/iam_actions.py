"""Actions of AWS that matter alone, by what they give away. Facts: AWS Service Authorization Reference."""

from __future__ import annotations

import re

ESCALATING = (
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:AttachUserPolicy",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:PutUserPolicy",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:AddUserToGroup",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:CreateAccessKey",
    "lambda:UpdateFunctionCode",
    "glue:UpdateDevEndpoint",
    "codestar:CreateProjectFromTemplate",
)
# Actions that are a way to more rights only together.
ESCALATING_TOGETHER = (
    ("iam:PassRole", "ec2:RunInstances"),
    ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"),
    ("iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    ("iam:PassRole", "cloudformation:CreateStack"),
    ("iam:PassRole", "codebuild:CreateProject"),
    ("iam:PassRole", "codestar:CreateProject"),
    ("iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    ("iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    ("iam:PassRole", "glue:CreateDevEndpoint"),
    ("iam:PassRole", "sagemaker:CreateNotebookInstance"),
    ("iam:PassRole", "ssm:StartAutomationExecution"),
)
# Actions whose answer is a credential.
EXPOSING = (
    "chime:CreateApiKey",
    "codeartifact:GetAuthorizationToken",
    "codepipeline:PollForJobs",
    "cognito-identity:GetOpenIdToken",
    "cognito-identity:GetCredentialsForIdentity",
    "connect:GetFederationToken",
    "ec2:GetPasswordData",
    "gamelift:RequestUploadCredentials",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "mediapackage:RotateChannelCredentials",
    "mediapackage:RotateIngestEndpointCredentials",
    "rds-db:connect",
    "redshift:GetClusterCredentials",
    "sso:GetRoleCredentials",
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
)
# Actions that hand out stored data or secrets.
READING = ("s3:GetObject", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "secretsmanager:GetSecretValue")
# Actions that change who may do what.
MANAGING = (
    "iam:CreateRole",
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:AddUserToGroup",
    "iam:AttachRolePolicy",
    "iam:CreateUser",
    "iam:DeleteRole",
    "iam:PutRolePolicy",
    "iam:PassRole",
    "iam:UpdateAssumeRolePolicy",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "s3:PutBucketPolicy",
    "s3:PutBucketAcl",
    "secretsmanager:PutResourcePolicy",
    "sns:AddPermission",
    "sqs:AddPermission",
    "lambda:AddPermission",
    "organizations:CreatePolicy",
)
# And those that say so themselves, whatever the service: PutBucketPolicy, DetachRolePolicy, AddPermission, ModifyImageAttribute.
MANAGING_BY_NAME = re.compile(
    r"(?i)\w[\w-]*:(Add|Attach|Create|Delete|Detach|Modify|Put|Remove|Set|Update)\w*"
    r"(Polic(y|ies)|PolicyVersion|Permissions?|PermissionsBoundary|Acl|AccessBlock|(Image|Snapshot|DBSnapshot)Attribute)"
)
# Verbs of actions that change nothing.
READS_BY_NAME = re.compile(
    r"(?i)\w[\w-]*:(BatchGet|Check|Decode|Describe|Discover|Estimate|Get|Head|List|Lookup|Preview|Query|Read|Scan|Search|Select"
    r"|Simulate|Test|Validate|View)"
)
WRITING = (
    "s3:PutObject",
    "s3:DeleteObject",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
    "rds:DeleteDBCluster",
    "kms:ScheduleKeyDeletion",
    "lambda:UpdateFunctionCode",
    "dynamodb:PutItem",
    "backup:DeleteRecoveryPoint",
    "route53:ChangeResourceRecordSets",
    "secretsmanager:PutSecretValue",
)

WITHOUT_RESOURCE = (
    "autoscaling:describe*",
    "backup:startreportjob",
    "ce:*",
    "cloudwatch:describealarmsformetric",
    "cloudwatch:getmetricdata",
    "cloudwatch:getmetricstatistics",
    "cloudwatch:listmetrics",
    "cloudwatch:putmetricdata",
    "ec2:describe*",
    "ec2:getinstancetypesfrominstancerequirements",
    "ec2messages:*",
    "ecr:getauthorizationtoken",
    "elasticloadbalancing:describe*",
    "eks:describeclusterversions",
    "eks:listclusters",
    "iam:listroles",
    "kms:listaliases",
    "kms:createcustomkeystore",
    "kms:createkey",
    "kms:generaterandom",
    "kms:listkeys",
    "logs:describeloggroups",
    "logs:describequerydefinitions",
    "pricing:*",
    "route53:listhostedzones",
    "route53:gethostedzonecount",
    "s3:listallmybuckets",
    "s3:getaccountpublicaccessblock",
    "secretsmanager:listsecrets",
    "secretsmanager:getrandompassword",
    "ssm:describe*",
    "ssmmessages:*",
    "sts:getcalleridentity",
    "tag:getresources",
    "xray:put*",
)
