DROP TABLE agent_references;
